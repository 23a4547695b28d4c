"""Campaigns as values: what one is, whom it may ring, what the law says, and who is next. Pure.

    definition = read_campaign(text, "care.yaml", problems)      what is wanted
    law = read_law(text, "china.yaml", problems)                 what is allowed
    next_call(terms, person, history, now) -> Due | Over         who is rung when, and who not and why

No clock, file or database: times come in as aware datetimes, and go out as such.
"""
