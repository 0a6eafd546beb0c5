import { expect, onTestFinished, test, vi } from 'vitest';
import { createDeliveryPace } from './delivery-pace.ts';

test('deliveries begin some time apart, unless the handler is behind', () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const pace = createDeliveryPace();
  expect(pace.restMs()).toBeLessThan(0);
  for (const messages of [1, 31]) {
    pace.begin(messages);
    vi.advanceTimersByTime(50);
    expect(pace.restMs()).toBe(150);
  }
  vi.advanceTimersByTime(200);
  expect(pace.restMs()).toBeLessThan(0);
  pace.begin(32);
  expect(pace.restMs()).toBeLessThanOrEqual(0);
});
