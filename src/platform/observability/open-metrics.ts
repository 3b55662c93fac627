/** https://prometheus.io/docs/specs/om/open_metrics_spec/ */
export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export const takesOpenMetrics = (accept: string | undefined): boolean =>
  accept?.includes('application/openmetrics-text') === true;

const counterType = /^# TYPE (\S+)_total counter$/gm;
const description = /^# (HELP|TYPE) (\S+)_total (.*)$/gm;

/** Prometheus' text format as OpenMetrics: a counter is described without the suffix of its samples, no line is empty. */
export function openMetrics(text: string): string {
  const counters = new Set([...text.matchAll(counterType)].map(([, name]) => name));
  const described = text.replaceAll(description, (line: string, keyword: string, name: string, rest: string) =>
    counters.has(name) ? `# ${keyword} ${name} ${rest}` : line,
  );
  return `${described.replaceAll(/\n{2,}/g, '\n').trim()}\n# EOF\n`;
}
