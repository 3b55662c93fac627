CREATE INDEX accounts_administrators_idx ON accounts (user_id) WHERE role = 'ADMIN';
