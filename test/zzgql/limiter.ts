export { MemoryRateLimiter } from '../../src/platform/cache/memory-rate-limiter.js';
