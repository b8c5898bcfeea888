-- Since when the present stage has been put off again and again, for want of money or of a provider. A job is given up after a while.
ALTER TABLE jobs ADD COLUMN put_off_since {int};
