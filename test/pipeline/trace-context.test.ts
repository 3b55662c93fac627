import { describe, expect, it } from 'vitest';
import { TraceContext } from '../../src/pipeline/trace-context.js';

const ids = '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';
const [traceId = '', spanId = ''] = ids.split('-');

describe('a trace', () => {
  it.each([
    ['of the first version', `00-${ids}-01`, '01'],
    ['that is not recorded', `00-${ids}-00`, '00'],
    ['of a later version', `01-${ids}-01`, '01'],
    ['of a much later version', `cc-${ids}-01`, '01'],
    ['of a later version that says more', `cc-${ids}-01-what-the-future-will-be-like`, '01'],
    ['of a later version that says nothing more', `cc-${ids}-01-`, '01'],
    ['of a later version that is not recorded', `fe-${ids}-00`, '00'],
    ['whose id is random', `00-${ids}-03`, '03'],
    ['with flags that nobody knows yet', `00-${ids}-ff`, '03'],
    ['of a later version with flags of its own', `01-${ids}-fc`, '00'],
  ])('%s is continued in the version that we speak', (_, incoming, flags) => {
    const trace = new TraceContext(incoming);
    expect(trace.parent).toBe(`00-${ids}-${flags}`);
    expect([trace.traceId, trace.spanId]).toEqual([traceId, spanId]);
    expect(trace.child()).toMatch(new RegExp(`^00-${traceId}-(?!${spanId})[0-9a-f]{16}-${flags}$`));
  });

  it.each([
    ['of the version that there will never be', `ff-${ids}-01`],
    ['of the first version that says more', `00-${ids}-01-what-the-future-will-be-like`],
    ['of the first version with a hyphen at its end', `00-${ids}-01-`],
    ['of a later version with more after a dot', `cc-${ids}-01.what-the-future-will-be-like`],
    ['without a version', `-${ids}-01`],
    ['with a version of one digit', `0-${ids}-01`],
    ['with a version in capitals', `CC-${ids}-01`],
    ['with a version that is none', `.0-${ids}-01`],
    ['of trace zero', `01-${'0'.repeat(32)}-${spanId}-01`],
    ['of span zero', `01-${traceId}-${'0'.repeat(16)}-01`],
    ['with a trace in capitals', `01-${traceId.toUpperCase()}-${spanId}-01`],
    ['with a trace that is too short', `01-${traceId.slice(1)}-${spanId}-01`],
    ['with a trace that is too long', `01-${traceId}0-${spanId}-01`],
    ['with a span that is too short', `01-${traceId}-${spanId.slice(1)}-01`],
    ['with flags of one digit', `01-${ids}-1`],
    ['with flags of three digits', `01-${ids}-001`],
    ['without flags', `01-${ids}`],
    ['given twice', `00-${ids}-01, 00-${ids}-01`],
    ['that is empty', ''],
    ['that is not there', undefined],
  ])('%s starts anew', (_, incoming) => {
    const trace = new TraceContext(incoming);
    expect(trace.parent).toBeUndefined();
    expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(trace.traceId).not.toBe(traceId);
  });
});
