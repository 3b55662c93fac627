/** What a process says that was started as a `Child`; it ends when its parent does. */
export function sendToParent(message: object): void {
  process.on('disconnect', () => process.exit());
  process.send?.(message);
}
