ALTER TABLE revocations ADD COLUMN recorded_at timestamptz(3) NOT NULL DEFAULT now();
