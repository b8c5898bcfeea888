-- For the retention, which looks for the oldest drafts and exports of all owners every hour.
CREATE INDEX capture_drafts_by_time ON capture_drafts (created_at);
CREATE INDEX capture_exports_by_time ON capture_exports (created_at);
