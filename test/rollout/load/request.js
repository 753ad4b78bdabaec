// One request, counted in exactly one class, and the summary of all: what ramp.js and
// constant.js share.
import http from 'k6/http';
import { Counter } from 'k6/metrics';

// Statuses that a load balancer or the application answers with, and the errors of the
// k6 documentation that are no status ("Error codes"); anything else counts as other.
const statuses = [200, 404, 460, 500, 502, 503, 504];
const errors = [1000, 1010, 1050, 1100, 1101, 1200, 1201, 1202, 1210, 1211, 1212, 1213, 1220];

const counters = {};
for (const s of [...statuses, 'other']) counters[`status_${s}`] = new Counter(`status_${s}`);
for (const e of [...errors, 'other']) counters[`error_${e}`] = new Counter(`error_${e}`);

export const summaryTrendStats = ['med', 'p(95)', 'p(99)', 'max'];

// The load balancer gives up after 60 s; k6 must not before it.
const params = { timeout: '120s', responseType: 'none' };

export function request() {
  const response = http.get(__ENV.TARGET, params);
  // Codes from 1400 to 1599 only repeat the status; the others mean that the answer, or
  // its end, did not come, whatever its status was.
  const code = response.error_code;
  const failed = code !== 0 && (code < 1400 || code > 1599);
  const kind = failed ? 'error' : 'status';
  const value = failed ? code : response.status;
  (counters[`${kind}_${value}`] || counters[`${kind}_other`]).add(1);
}

function count(data, name) {
  return data.metrics[name] ? data.metrics[name].values.count : 0;
}

function classes(data, kind) {
  const out = {};
  for (const name of Object.keys(counters)) {
    const n = count(data, name);
    if (name.startsWith(`${kind}_`) && n > 0) out[name.slice(kind.length + 1)] = n;
  }
  return out;
}

export function handleSummary(data) {
  const times = data.metrics.http_req_duration ? data.metrics.http_req_duration.values : {};
  const summary = {
    requests: count(data, 'http_reqs'),
    dropped: count(data, 'dropped_iterations'),
    statuses: classes(data, 'status'),
    errors: classes(data, 'error'),
    milliseconds: { p50: times.med || 0, p95: times['p(95)'] || 0, p99: times['p(99)'] || 0, max: times.max || 0 },
  };
  return { [__ENV.SUMMARY]: JSON.stringify(summary) };
}
