// Requests that begin at a constant rate, however long the answers take: a slow answer
// does not spare the next request (an open loop).
import { handleSummary, request, summaryTrendStats } from './request.js';

export const options = {
  scenarios: {
    arrivals: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE),
      timeUnit: '1s',
      duration: __ENV.DURATION,
      preAllocatedVUs: Number(__ENV.USERS),
      maxVUs: Number(__ENV.MAX_USERS),
      gracefulStop: '150s', // longer than any request takes
    },
  },
  summaryTrendStats,
};

export { handleSummary };
export default request;
