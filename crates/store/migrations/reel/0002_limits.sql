-- Limits count for themselves what an address has started.
DROP INDEX reels_by_address;
