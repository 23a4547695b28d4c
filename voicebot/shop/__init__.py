"""The shop: customers, products, orders and everything that happens to them, behind `ports.Shop`."""
