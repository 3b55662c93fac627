/** Sizes of a task on Fargate in MiB, by its CPU units; a core has 1024. */
const memoryMib: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: [1024, 2048, 3072, 4096],
  1024: [2048, 3072, 4096, 5120, 6144, 7168, 8192],
};

export interface FargateSize {
  readonly cpu: string;
  readonly memory: string;
}

/** The smallest memory that `mib` fits in, beside that much CPU. */
export function fargateSize(cpu: 256 | 512 | 1024, mib: number): FargateSize {
  const memory = memoryMib[cpu]?.find((size) => size >= mib);
  if (memory === undefined) throw new Error(`Fargate has no task of ${cpu} CPU units with ${mib} MiB`);
  return { cpu: `${cpu}`, memory: `${memory}` };
}
