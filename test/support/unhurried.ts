/** Limits of the product that a busy machine must not reach, for a suite that is not about them. */
export const unhurried = {
  REQUEST_DEADLINE_MS: '60000',
  RESILIENCE: '{"timeoutMs":60000}',
  SHED_EVENT_LOOP_DELAY_MS: '0',
  SHUTDOWN_TIMEOUT_MS: '60000',
} as const;
