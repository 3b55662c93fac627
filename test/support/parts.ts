import { services } from '../../src/apps/services.js';
import { addressVariable } from '../../src/platform/config/service-defaults.js';

export const gateway = 'api-gateway';

/** The services that the gateway calls, each before those that call it when they start. */
export const parts: readonly string[] = services[gateway]?.calls ?? [];

/** A value for each of them. */
export async function forEachPart<T>(value: (service: string) => T | Promise<T>): Promise<Readonly<Record<string, T>>> {
  return Object.fromEntries(await Promise.all(parts.map(async (name) => [name, await value(name)] as const)));
}

/** The variables that lead to them. */
export const addressesOf = (address: (service: string) => string): Readonly<Record<string, string>> =>
  Object.fromEntries(parts.map((service) => [addressVariable(service), address(service)]));
