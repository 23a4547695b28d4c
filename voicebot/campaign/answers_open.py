"""Open answers, grouped: those that are about the same thing come together, each group named by what sets it apart.

Features are the characters and pairs of characters of an answer (TF-IDF), for answers are short and misheard in single
characters. Groups are built from below: two come together as long as their answers are alike enough on average
(agglomerative clustering, average linkage, cosine distance). The same answers always give the same groups.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import TfidfVectorizer

FARTHEST = 0.93
"""Answers farther apart than this on average (cosine distance) are about different things."""
EMPTY = re.compile(
    "(?:暂时|目前)?没(?:有|什么|啥)?(?:意见|建议|问题|要说的|想法)?|不知道|说不上|无|都?挺?好的?"
)
"""Nothing but this is no answer; it is a group of its own."""
SOUNDS = re.compile("[，。！？,.!? 嗯啊呃哦吧呢了]")
FILLERS = re.compile("[，。！？,.!? 嗯啊呃哦吧呢了的就是那个这个我觉得感觉有点太比较希望建议你们能不可以]")


@dataclass(frozen=True, slots=True)
class Group:
    """Answers about one thing: its `name`, and the places of its answers, the most typical first."""

    name: str
    members: tuple[int, ...]


def grouped(texts: Sequence[str]) -> list[Group]:
    """The groups of these answers, the greatest first; every answer is in one."""
    bare = [FILLERS.sub("", text) for text in texts]
    nothing = [
        place for place, text in enumerate(texts) if EMPTY.fullmatch(SOUNDS.sub("", text)) or not bare[place]
    ]
    rest = [place for place in range(len(texts)) if place not in set(nothing)]
    groups = _clustered([bare[place] for place in rest], rest, texts)
    if nothing:
        groups.append(Group("没有意见", tuple(nothing)))
    return sorted(groups, key=lambda group: (-len(group.members), group.members))


def _clustered(bare: Sequence[str], places: Sequence[int], texts: Sequence[str]) -> list[Group]:
    if len(bare) < 2:
        return [Group(texts[place], (place,)) for place in places]
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
    features = np.asarray(vectorizer.fit_transform(bare).todense())
    labels = AgglomerativeClustering(
        n_clusters=None, distance_threshold=FARTHEST, metric="cosine", linkage="average"
    ).fit_predict(features)
    return [_group(label, labels, features, places, texts) for label in sorted(set(labels))]


def _group(
    label: int,
    labels: npt.NDArray[np.int64],
    features: npt.NDArray[np.float64],
    places: Sequence[int],
    texts: Sequence[str],
) -> Group:
    """A group is named by its most typical answer: the one nearest to the middle of all."""
    inside = np.flatnonzero(labels == label)
    middle = features[inside].mean(axis=0)
    typical = inside[np.argsort(-(features[inside] @ middle), kind="stable")]
    return Group(texts[places[int(typical[0])]], tuple(places[int(one)] for one in typical))
