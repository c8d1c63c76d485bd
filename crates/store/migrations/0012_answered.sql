-- A file that was issued with an answer stands in that answer, and not here a second time.

ALTER TABLE issued ADD COLUMN document BLOB;   -- digest of the document whose answer holds it; NULL = `text` does
ALTER TABLE issued ADD COLUMN place TEXT;      -- where in that answer, as a JSON pointer
