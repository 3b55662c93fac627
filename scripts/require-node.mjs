// No imports and no syntax of this decade: an old Node must get as far as the message.
const wanted = 26;

if (Number(process.versions.node.split('.')[0]) < wanted) {
  console.error(
    `This program needs Node ${wanted} or later, and this is Node ${process.versions.node} (${process.execPath}).\n` +
      '`npm ci` brings the right one into node_modules/.bin, where npm scripts find it: use `npm start`, `npm test`, `npm run …`.\n' +
      'If you did that already, the install scripts were switched off: run `npm ci --ignore-scripts=false`.',
  );
  process.exit(1);
}
