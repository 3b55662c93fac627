/** What a process says that was started as a `Child`; it ends when its parent does. */
export function tellParent(told: object): void {
  process.on('disconnect', () => process.exit());
  process.send?.(told);
}
