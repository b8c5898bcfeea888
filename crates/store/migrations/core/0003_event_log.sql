-- Every commit that told of something wrote a page of it; old events are found at the beginning of their stream.
DROP INDEX event_log_age;
