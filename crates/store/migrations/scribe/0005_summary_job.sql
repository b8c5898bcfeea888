-- The job that makes the summary again, beside the one that transcribes: what becomes of either says nothing of the other.
ALTER TABLE scribe_sessions ADD COLUMN summary_job_id TEXT;

-- Where a summary's job has taken the place of the one that transcribed, both have their own from now on.
UPDATE scribe_sessions SET summary_job_id = job_id, job_id =
    (SELECT MAX(id) FROM jobs WHERE jobs.owner = scribe_sessions.owner AND jobs.subject = scribe_sessions.id
     AND jobs.subject > '' AND jobs.kind = 'scribe.transcribe')
WHERE EXISTS (SELECT 1 FROM jobs WHERE jobs.id = scribe_sessions.job_id AND jobs.kind = 'scribe.summarise');
