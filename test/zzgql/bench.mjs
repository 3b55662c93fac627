import { fork } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
const child = fork(new URL('./server.ts', import.meta.url).pathname, process.argv.slice(2), { execArgv: ['--disable-warning=DEP0205', '--import', '@swc-node/register/esm-register', ...(process.env.PROF ? ['--cpu-prof', '--cpu-prof-dir=/tmp/gq/prof'] : [])] });
const [{ ours, raw, token }] = await once(child, 'message');
const body = JSON.stringify({ query: 'query GetUser($id: ID!) { user(id: $id) { id email name createdAt updatedAt } }', variables: { id: '01890000-0000-7000-8000-000000000001' }, ...(process.env.NAMED && { operationName: 'GetUser' }) });
const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
for (const url of [ours, raw]) console.log(await (await fetch(url, { method: 'POST', headers, body })).text());
const run = (url, duration) => autocannon({ url, method: 'POST', headers, body, connections: 50, pipelining: 1, duration });
const cpu = async () => { child.send('cpu'); const [u] = await once(child, 'message'); return u.user + u.system; };
const rounds = Number(process.env.ROUNDS ?? 5);
await run(ours, 2); await run(raw, 2);
const res = { ours: [], raw: [] };
for (let i = 0; i < rounds; i++) for (const [name, url] of i % 2 ? [['ours', ours], ['raw', raw]] : [['raw', raw], ['ours', ours]]) { if (process.env.ONLY && process.env.ONLY !== name) continue; const c0 = await cpu(); const r = await run(url, 3); const us = (await cpu() - c0) / r.requests.total; (res[name + 'Cpu'] ??= []).push(+us.toFixed(1)); if (r.non2xx) console.log('non2xx', r.non2xx); res[name].push(Math.round(r.requests.mean)); }
const med = (a) => [...a].sort((x, y) => x - y)[a.length >> 1];
console.log(res, (med(res.ours) / med(res.raw)).toFixed(3), 'by cpu', (med(res.rawCpu ?? [0]) / med(res.oursCpu ?? [0])).toFixed(3));
child.kill('SIGINT'); 
