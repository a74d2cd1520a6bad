import { describe, expect, it } from 'vitest';
import { clusterAddress, isOnThisMachine, jobManagerUrl } from '../../../cli/submit/cluster-address.js';

describe('the address of a cluster', () => {
  it('is a host and a port, with or without a scheme', () => {
    expect(clusterAddress('gateway:8083')).toBe('http://gateway:8083');
    expect(clusterAddress('https://gateway:8083/')).toBe('https://gateway:8083');
    expect(() => clusterAddress('gateway')).toThrow('HOST:PORT');
  });

  it('says whether files of this machine are there', () => {
    expect(isOnThisMachine('http://localhost:8083')).toBe(true);
    expect(isOnThisMachine('http://127.0.0.1:8083')).toBe(true);
    expect(isOnThisMachine('http://gateway:8083')).toBe(false);
  });

  it('of the JobManager is what the gateway says, seen from here', () => {
    expect(jobManagerUrl('http://gateway:8083', { 'rest.address': 'jobs', 'rest.port': '9' })).toBe(
      'http://jobs:9',
    );
    expect(jobManagerUrl('http://gateway:8083', { 'jobmanager.rpc.address': 'localhost' })).toBe(
      'http://gateway:8081',
    );
  });
});
