import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import protobuf from 'protobufjs';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { printProtos } from '../../scripts/contract/proto-document.js';
import { anyone, internal } from '../../src/contract/access.js';
import { type ModuleContract, module } from '../../src/contract/module.js';
import { command, query } from '../../src/contract/operation.js';
import { page, pageInput } from '../../src/contract/pagination.js';
import { enumeration, Id, Money, oneOf, Timestamp, text, view } from '../../src/contract/values.js';
import { specimenProtos } from '../fixtures/specimens/specimens.protos.js';

const Name = text({ max: 10 });
const noProtos: ReadonlyMap<string, string> = new Map();

/** A module of one operation with these inputs. */
function shop(input: z.core.$ZodLooseShape, operations: Parameters<typeof module>[1] = {}): ModuleContract {
  class Buy extends command({ input: z.object(input), output: z.void(), access: anyone, rest: 'POST /buy' }) {}
  return module('shop', { Buy, ...operations });
}

const shopProto = (input: z.core.$ZodLooseShape, committed = noProtos) =>
  printProtos([shop(input)], committed).get('proto/shop/v1/shop.proto') ?? '';

/** The body of a message or enum, a line an entry. */
function bodyOf(name: string, proto: string): string[] {
  const [, body = ''] = new RegExp(`^(?:message|enum) ${name} {\n([^]*?)\n}$`, 'm').exec(proto) ?? [];
  return body.split('\n').map((line) => line.trim());
}

const committed = (proto: string) => new Map([['proto/shop/v1/shop.proto', proto]]);

describe('the numbers of a .proto file', () => {
  it('count from one in the order of the contract', () => {
    expect(bodyOf('BuyRequest', shopProto({ id: Id, unitName: Name }))).toEqual([
      'optional string id = 1;',
      'optional string unit_name = 2;',
    ]);
  });

  it('stay when fields are put in another order, and a new field gets the next one', () => {
    const before = shopProto({ id: Id, name: Name });
    const after = shopProto({ note: Name, name: Name, id: Id }, committed(before));
    expect(bodyOf('BuyRequest', after)).toEqual([
      'optional string id = 1;',
      'optional string name = 2;',
      'optional string note = 3;',
    ]);
  });

  it('are reserved with the name of a field that is removed or renamed, for ever', () => {
    const first = shopProto({ id: Id, name: Name, note: Name });
    const second = shopProto({ id: Id, title: Name }, committed(first));
    expect(bodyOf('BuyRequest', second)).toEqual([
      'reserved 2, 3;',
      'reserved "name", "note";',
      'optional string id = 1;',
      'optional string title = 4;',
    ]);
    const third = shopProto({ id: Id, subtitle: Name }, committed(second));
    expect(bodyOf('BuyRequest', third)).toEqual([
      'reserved 2, 3, 4;',
      'reserved "name", "note", "title";',
      'optional string id = 1;',
      'optional string subtitle = 5;',
    ]);
  });

  it('are new for a name that comes back', () => {
    const first = shopProto({ id: Id, name: Name });
    const second = shopProto({ id: Id }, committed(first));
    const third = shopProto({ id: Id, name: Name }, committed(second));
    expect(bodyOf('BuyRequest', third)).toEqual([
      'reserved 2;',
      'optional string id = 1;',
      'optional string name = 3;',
    ]);
  });

  it('stay those of the enum values too', () => {
    const colour = (...values: [string, ...string[]]) => ({ colour: enumeration('Colour', values) });
    const first = shopProto(colour('RED', 'BLUE', 'GREEN'));
    const second = shopProto(colour('YELLOW', 'GREEN', 'RED'), committed(first));
    expect(bodyOf('Colour', second)).toEqual([
      'reserved 2;',
      'reserved "COLOUR_BLUE";',
      'COLOUR_UNSPECIFIED = 0;',
      'COLOUR_RED = 1;',
      'COLOUR_GREEN = 3;',
      'COLOUR_YELLOW = 4;',
    ]);
  });

  it('stay those of the alternatives of a oneof and of reserved ranges', () => {
    const target = (variants: Record<string, z.ZodType>) => ({ target: oneOf('Target', variants) });
    const first = shopProto(target({ name: Name, amount: z.int32() })).replace(
      'message Target {\n',
      'message Target {\n  reserved 5 to 9;\n',
    );
    const second = shopProto(target({ price: Money, amount: z.int32() }), committed(first));
    expect(bodyOf('Target', second)).toEqual([
      'reserved 1, 5 to 9;',
      'reserved "name";',
      'oneof variant {',
      'int32 amount = 2;',
      'values.v1.Money price = 10;',
      '}',
    ]);
  });

  it('leave out those that protobuf keeps for itself', () => {
    const before = shopProto({ id: Id }).replace('= 1;', '= 18999;');
    expect(bodyOf('BuyRequest', shopProto({ id: Id, name: Name }, committed(before)))).toEqual([
      'optional string id = 18999;',
      'optional string name = 20000;',
    ]);
  });

  it('do not change when nothing else does', () => {
    expect(
      printProtos([shop({ id: Id, at: Timestamp })], printProtos([shop({ id: Id, at: Timestamp })], noProtos)),
    ).toEqual(printProtos([shop({ id: Id, at: Timestamp })], noProtos));
  });
});

describe('the home of a view', () => {
  const Item = view('Item', { id: Id, kind: enumeration('ItemKind', ['A']) });
  class GetItem extends query({ input: z.object({ id: Id }), output: Item, access: anyone, rest: 'GET /items/:id' }) {}
  class ListItems extends query({
    input: z.object(pageInput),
    output: page('ItemPage', Item),
    access: anyone,
    rest: 'GET /items',
  }) {}
  const items = () => module('items', { GetItem, ListItems });

  class GetBasket extends query({
    input: z.object({}),
    output: view('Basket', { items: z.array(Item) }),
    access: anyone,
    rest: 'GET /basket',
  }) {}
  class SortBasket extends command({ input: z.object({}), output: z.void(), access: internal }) {}
  const basket = () => module('basket', { GetBasket, SortBasket });

  it('is the module whose operation answers with it, whatever the order of the modules', () => {
    for (const modules of [
      [items(), basket()],
      [basket(), items()],
    ]) {
      const protos = printProtos(modules, noProtos);
      const basketProto = protos.get('proto/basket/v1/basket.proto');
      expect(basketProto).toContain('import "items/v1/items.proto";');
      expect(bodyOf('Basket', basketProto ?? '')).toEqual(['repeated items.v1.Item items = 1;']);
      expect(bodyOf('ItemKind', protos.get('proto/items/v1/items.proto') ?? '')).toHaveLength(2);
    }
  });

  it('stays where the committed files have it', () => {
    const before = printProtos([basket()], noProtos);
    const after = printProtos([items(), basket()], before).get('proto/items/v1/items.proto');
    expect(bodyOf('GetItemResponse', after ?? '')).toEqual(['basket.v1.Item item = 1;']);
  });

  it('is never an internal package when a public operation uses it', () => {
    class AuditItem extends command({ input: z.object({ item: Item }), output: z.void(), access: internal }) {}
    const before = printProtos([module('items', { AuditItem })], noProtos);
    expect(bodyOf('Item', before.get('proto/items/internal/v1/items_internal.proto') ?? '')).toHaveLength(2);
    const after = printProtos([module('items', { AuditItem, GetItem })], before);
    expect(bodyOf('Item', after.get('proto/items/v1/items.proto') ?? '')).toHaveLength(2);
    expect(after.get('proto/items/internal/v1/items_internal.proto')).not.toContain('message Item {');
  });

  it('is values.v1 for what belongs to no module', () => {
    const protos = printProtos([items()], noProtos);
    expect(bodyOf('ListItemsResponse', protos.get('proto/items/v1/items.proto') ?? '')).toEqual([
      'repeated Item items = 1;',
      'values.v1.PageMeta page_meta = 2;',
    ]);
    expect(bodyOf('PageMeta', protos.get('proto/values/v1/values.proto') ?? '')).toContain('int64 total_items = 3;');
  });

  it('can not be two', () => {
    class GetOther extends query({
      input: z.object({}),
      output: view('Item', { name: Name }),
      access: anyone,
      rest: 'GET /other',
    }) {}
    expect(() => printProtos([items(), module('other', { GetOther })], noProtos)).toThrow(/two different.* Item/);
    class GetRequest extends query({
      input: z.object({}),
      output: view('GetItemRequest', { name: Name }),
      access: anyone,
      rest: 'GET /other',
    }) {}
    expect(() => printProtos([module('items', { GetItem, GetRequest })], noProtos)).toThrow(/GetItemRequest/);
  });
});

describe('the printed files', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  function written(protos: ReadonlyMap<string, string>): string {
    const folder = mkdtempSync(join(tmpdir(), 'protos-'));
    folders.push(folder);
    for (const [path, content] of protos) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return folder;
  }

  const configuration = join(import.meta.dirname, '../../buf.yaml');
  const buf = (folder: string, ...args: string[]) =>
    execFileSync(join(import.meta.dirname, '../../node_modules/.bin/buf'), [...args, '--config', configuration], {
      cwd: folder,
      encoding: 'utf8',
    });

  it('say how to generate them, and have descriptions as comments', () => {
    class Sell extends command({
      input: z.object({ note: Name.describe('Why.\nFor the till.') }),
      output: z.void(),
      access: anyone,
      rest: 'POST /sell',
      description: 'Sells one.',
    }) {}
    const proto = printProtos([module('shop', { Sell })], noProtos).get('proto/shop/v1/shop.proto');
    expect(proto).toMatch(/^\/\/ Generated .*`npm run contract`/);
    expect(proto).toContain('  // Sells one.\n  rpc Sell(SellRequest)');
    expect(proto).toContain('  // Why.\n  // For the till.\n  optional string note = 1;');
  });

  it('are protobuf, in the house style of buf', () => {
    for (const content of specimenProtos.values()) protobuf.parse(content, new protobuf.Root());
    const folder = written(specimenProtos);
    expect(buf(folder, 'lint')).toBe('');
    expect(buf(folder, 'format', '--diff')).toBe('');
  });

  it('break nothing when a field is added, and buf sees it when one is lost', () => {
    const before = printProtos([shop({ id: Id, name: Name })], noProtos);
    const released = join(written(before), 'proto');
    const grown = written(printProtos([shop({ id: Id, name: Name, note: Name })], before));
    expect(buf(grown, 'breaking', '--against', released)).toBe('');
    const shrunk = written(printProtos([shop({ id: Id })], noProtos));
    expect(() => buf(shrunk, 'breaking', '--against', released)).toThrow(/Command failed/);
  });
});
