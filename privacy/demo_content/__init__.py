"""The made-up firm Holm & Vestergaard: people, contacts, matters and what happens in them."""
