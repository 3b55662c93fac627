ALTER TABLE users ADD COLUMN email_version integer NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN account_behind boolean NOT NULL DEFAULT false;
CREATE INDEX users_account_behind_idx ON users (account_behind);

ALTER TABLE accounts ADD COLUMN email_version integer NOT NULL DEFAULT 0;
