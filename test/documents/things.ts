import { z } from 'zod';
import { type Access, anyone } from '../../src/contract/access.js';
import type { FailureClass } from '../../src/contract/failure.js';
import { type ModuleContract, module } from '../../src/contract/module.js';
import { command, query, type RestRoute } from '../../src/contract/operation.js';
import { enumeration, Id, text, view } from '../../src/contract/values.js';

export const fields = {
  id: Id,
  name: text({ max: 50 }),
  note: text({ max: 50 }).optional(),
  size: z.int32(),
  labels: z.record(text({ max: 10 }), z.int32()),
};

export interface Plan {
  readonly input?: z.core.$ZodLooseShape;
  readonly output?: z.core.$ZodLooseShape;
  readonly filter?: z.core.$ZodLooseShape;
  readonly access?: Access;
  readonly errors?: readonly FailureClass[];
  readonly rest?: RestRoute;
  readonly restStatus?: 200 | 202;
  readonly key?: string;
}

export const sizes = (...values: [string, ...string[]]) => enumeration('Size', values);

export const input = {
  name: text({ min: 1, max: 50 }),
  count: z.int32().min(1).max(10).default(1),
  note: text({ max: 50 }).optional(),
  tags: z.array(text({ max: 20 })).max(5),
  size: sizes('SMALL', 'LARGE').optional(),
};

/** A module of two operations, as it is released or with one thing changed. */
export function things(plan: Plan = {}): ModuleContract {
  const { access = anyone, errors = [], rest = 'POST /things', restStatus, key = 'SaveThing' } = plan;
  const Thing = view('Thing', plan.output ?? fields);
  const Save = command({
    input: z.object(plan.input ?? input),
    output: Thing,
    access,
    errors,
    rest,
    ...(restStatus && { restStatus }),
  });
  const FindThing = query({
    input: z.object(plan.filter ?? { q: text({ max: 20 }).optional() }),
    output: Thing,
    access: anyone,
    rest: 'GET /things',
  });
  return module('things', { [key]: Save, FindThing }, { description: 'Things to save and find.' });
}
