import type { DynamicModule } from '@nestjs/common';
import { ListRevocations } from '../modules/auth/contract/index.js';
import { factory, globalModule } from '../platform/nest/providers.js';
import { Bus } from '../ports/bus.js';
import { type RevocationEntry, Revocations, type RevokedSubject } from '../ports/revocations.js';
import { remoteModule } from '../remote/remote.module.js';
import { RemoteRevocations } from '../remote/remote-revocations.js';
import { appModules, moduleContracts } from './modules.js';
import { ownersByModule, type ServiceDefinition } from './services.js';

class RevocationsOfAuth {}

async function listRevocations(bus: Bus, after: number, limit: number): Promise<readonly RevocationEntry[]> {
  const { revocations } = await bus.asService.execute(new ListRevocations({ after, limit }));
  return revocations.map(({ sequence, subject, revokedAt, expiresAt, settled }) => ({
    sequence,
    subject: subject as RevokedSubject,
    revokedAt: Date.parse(revokedAt),
    expiresAt: Date.parse(expiresAt) / 1000,
    isSettled: settled,
  }));
}

const revocationsOfAuth = (): DynamicModule =>
  globalModule(RevocationsOfAuth, [
    factory(Revocations, [Bus], (bus) => new RemoteRevocations((after, limit) => listRevocations(bus, after, limit))),
  ]);

export const endsSessions = ({ modules }: ServiceDefinition): boolean => modules.includes(appModules.auth);

export function remoteModules(service: ServiceDefinition): DynamicModule[] {
  const here = new Set(service.modules.map(({ contract }) => contract.name));
  const elsewhere = moduleContracts.filter(({ name }) => !here.has(name));
  if (elsewhere.length === 0) return [];
  const operations = elsewhere.flatMap((contract) => contract.operations);
  const owners = new Map([...ownersByModule].filter(([module]) => !here.has(module)));
  const remote = remoteModule({ operations, owners });
  return endsSessions(service) ? [remote] : [remote, revocationsOfAuth()];
}
