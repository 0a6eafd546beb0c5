import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { Pace, type PaceLimits } from './pace.ts';

const limits: PaceLimits = { maxMessagesPerSecond: 10, maxBytesPerSecond: 1_000 };

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

/** A WebSocket that only knows whether it is read. */
function paced(congested: () => boolean = () => false) {
  const webSocket = {
    OPEN: 1,
    readyState: 1,
    isPaused: false,
    pause() {
      webSocket.isPaused = true;
    },
    resume() {
      webSocket.isPaused = false;
    },
  };
  const counted = { paused: 0, exceeded: 0 };
  const connection = {
    congested,
    onPaused() {
      counted.paused += 1;
    },
    onPaceExceeded() {
      counted.exceeded += 1;
      webSocket.readyState = 2;
    },
  };
  const pace = new Pace(webSocket as unknown as WebSocket, connection, limits);
  return { webSocket, pace, counted };
}

describe('a client', () => {
  it.each([
    ['messages', 20, 1],
    ['bytes', 2, 1_000],
  ])('may send the %s of two seconds at once, and is not read above that', (_, messages, bytes) => {
    const { webSocket, pace } = paced();
    for (let n = 0; n < messages; n += 1) pace.count(bytes);
    expect(webSocket.isPaused).toBe(false);
    pace.count(bytes);
    expect(webSocket.isPaused).toBe(true);
  });

  it('is read again when what it sent too much is paid', () => {
    const { webSocket, pace, counted } = paced();
    for (let n = 0; n < 30; n += 1) pace.count(1);
    vi.advanceTimersByTime(999);
    expect(webSocket.isPaused).toBe(true);
    vi.advanceTimersByTime(2);
    expect(webSocket.isPaused).toBe(false);
    expect(counted).toEqual({ paused: 1, exceeded: 0 });
  });

  it('that keeps to its pace is never paused', () => {
    const { pace, counted } = paced();
    for (let second = 0; second < 60; second += 1) {
      for (let n = 0; n < 10; n += 1) pace.count(100);
      vi.advanceTimersByTime(1_000);
    }
    expect(counted).toEqual({ paused: 0, exceeded: 0 });
  });

  it('that is above its pace for ten seconds is reported once, and not read any more', () => {
    const { webSocket, pace, counted } = paced();
    for (let n = 0; n < 20; n += 1) pace.count(1);
    for (let ms = 0; ms < 20_000; ms += 10) {
      if (!webSocket.isPaused) pace.count(1);
      vi.advanceTimersByTime(10);
      if (ms < 9_000) expect(counted.exceeded).toBe(0);
    }
    expect(counted.exceeded).toBe(1);
    expect(webSocket.isPaused).toBe(true);
  });

  it('that sent more at once than ten seconds pay is reported after them', () => {
    const { pace, counted } = paced();
    for (let n = 0; n < 1_000; n += 1) pace.count(1);
    vi.advanceTimersByTime(9_990);
    expect(counted.exceeded).toBe(0);
    vi.advanceTimersByTime(20);
    expect(counted.exceeded).toBe(1);
  });

  it('that slows down in between is not reported', () => {
    const { pace, counted } = paced();
    for (let round = 0; round < 20; round += 1) {
      for (let n = 0; n < 25; n += 1) pace.count(1);
      vi.advanceTimersByTime(2_500);
    }
    expect(counted).toEqual({ paused: 20, exceeded: 0 });
  });

  it('waits for a congested bus, which is not held against it', () => {
    let congested = true;
    const { webSocket, pace, counted } = paced(() => congested);
    pace.count(1);
    vi.advanceTimersByTime(60_000);
    expect(webSocket.isPaused).toBe(true);
    congested = false;
    vi.advanceTimersByTime(50);
    expect(webSocket.isPaused).toBe(false);
    expect(counted).toEqual({ paused: 0, exceeded: 0 });
  });

  it('that is gone leaves no timer', () => {
    const { pace } = paced();
    for (let n = 0; n < 30; n += 1) pace.count(1);
    pace.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
