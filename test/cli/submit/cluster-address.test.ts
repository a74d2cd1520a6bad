import { describe, expect, it } from 'vitest';
import { clusterAddress, isOnThisMachine, jobManagerUrl } from '../../../cli/submit/cluster-address.js';

describe('the address of a cluster', () => {
  it('is a host and a port, with or without a scheme', () => {
    expect(clusterAddress('gateway:8083')).toBe('http://gateway:8083');
    expect(clusterAddress('https://gateway:8083/')).toBe('https://gateway:8083');
    for (const text of ['gateway', 'gateway:8083/x', 'http://gateway/x:1', 'gateway?a:1', 'ftp://gateway:1'])
      expect(() => clusterAddress(text), text).toThrow('HOST:PORT');
  });

  it('has no password, which no message repeats', () => {
    for (const text of ['user:secret@gateway:8083', 'https://user:secret@gateway:8083'])
      expect(() => clusterAddress(text)).toThrow(
        /^The address of a Flink server takes no user and password$/,
      );
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
