-- The desk: who closed a case and why, and what is looked up of an activation.

ALTER TABLE desk_case ADD COLUMN closed_by TEXT;
ALTER TABLE desk_case ADD COLUMN closed_why TEXT;
CREATE INDEX desk_case_by_activation ON desk_case (tenant, activation);
CREATE INDEX issued_by_activation ON issued (tenant, activation, seq);
CREATE INDEX document_by_activation ON document (tenant, activation, seq);
CREATE INDEX activation_by_row ON activation (tenant, seq);
