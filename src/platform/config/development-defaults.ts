/** Known to everyone who has the source, so refused in production. */
export const DEVELOPMENT_JWT_SECRET = 'development-only-secret-known-to-everyone';

export const DEMO_ADMIN = { email: 'admin@example.com', password: 'password123' } as const;
