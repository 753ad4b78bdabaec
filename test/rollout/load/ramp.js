// The load of the original experiment: users without a pause. How many there are is
// said from outside (package load), second by second: up, hold until told, down. A user
// who is sent away finishes the request first.
import { handleSummary, request, summaryTrendStats } from './request.js';

export const options = {
  scenarios: {
    users: { executor: 'externally-controlled', vus: 0, maxVUs: Number(__ENV.USERS), duration: '0s' },
  },
  summaryTrendStats,
};

export { handleSummary };
export default request;
