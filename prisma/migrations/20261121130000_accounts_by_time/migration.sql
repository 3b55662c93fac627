CREATE INDEX accounts_status_created_at_user_id_idx ON accounts (status, created_at, user_id);
