import { z } from 'zod';
import { view } from './values.js';

export const pageInput = {
  page: z.int32().min(1).max(1_000_000).default(1),
  limit: z.int32().min(1).max(100).default(20),
};

export const PageMeta = view('PageMeta', {
  page: z.int32(),
  limit: z.int32(),
  totalItems: z.int(),
  totalPages: z.int(),
});

export const page = <V extends z.ZodObject>(name: string, item: V) =>
  z.object({ items: z.array(item), pageMeta: PageMeta }).meta({ id: name, page: true });

export interface Page<Item> {
  readonly items: Item[];
  readonly pageMeta: z.output<typeof PageMeta>;
}

export const toPage = <Item>(
  items: Item[],
  totalItems: number,
  { page, limit }: { page: number; limit: number },
): Page<Item> => ({ items, pageMeta: { page, limit, totalItems, totalPages: Math.ceil(totalItems / limit) } });
