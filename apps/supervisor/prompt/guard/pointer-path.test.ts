import assert from "node:assert/strict";
import { test } from "node:test";

import { steadyMsMin } from "./limits.ts";
import { PointerPath, type PointerPlace } from "./pointer-path.ts";

/** In a frame whose upper left corner is there on the screen. */
function at(x: number, y: number, frame = { x: 100, y: 80, zoom: 1 }): PointerPlace {
  const [screenX, screenY] = [frame.x + frame.zoom * x, frame.y + frame.zoom * y];
  return { clientX: x, clientY: y, screenX: Math.round(screenX), screenY: Math.round(screenY) };
}

test("a pointer above a frame that stays is steady after a moment, however it moves", () => {
  const path = new PointerPath();
  path.take(at(10, 10), 0);
  path.take(at(300, 200), 100);
  path.take(at(31, 7), 200);
  assert.equal(path.isSteady(steadyMsMin - 1), false);
  assert.equal(path.isSteady(steadyMsMin), true);
});

test("a pointer that has just come, or is not there, is not steady", () => {
  const path = new PointerPath();
  assert.equal(path.isSteady(10_000), false);
  path.take(at(10, 10), 10_000);
  assert.equal(path.isSteady(10_000), false);
  path.leave();
  assert.equal(path.isSteady(20_000), false);
});

test("a frame that is moved below a still pointer makes it begin again", () => {
  const path = new PointerPath();
  path.take(at(10, 10), 0);
  assert.equal(path.isSteady(5000), true);
  path.take(at(60, 10, { x: 50, y: 80, zoom: 1 }), 5000);
  assert.equal(path.isSteady(5000), false);
  assert.equal(path.isSteady(5000 + steadyMsMin), true);
});

test("a frame that is moved while the pointer moves makes it begin again", () => {
  const path = new PointerPath();
  path.take(at(10, 10), 0);
  path.take(at(200, 90, { x: 60, y: 30, zoom: 1 }), 5000);
  assert.equal(path.isSteady(5000), false);
});

test("many small steps of a frame are one large one", () => {
  const path = new PointerPath();
  path.take(at(10, 10), 0);
  for (let step = 1; step <= 10; step++) {
    path.take(at(10 + 2 * step, 10, { x: 100 - 2 * step, y: 80, zoom: 1 }), 5000);
  }
  assert.equal(path.isSteady(5000), false);
});

test("zoomed pages are understood from the first long way on", () => {
  const zoomed = { x: 100, y: 80, zoom: 1.75 };
  const path = new PointerPath();
  path.take(at(10, 10, zoomed), 0);
  path.take(at(90, 60, zoomed), 100);
  path.take(at(400, 20, zoomed), 200);
  path.take(at(3, 300, zoomed), 300);
  assert.equal(path.isSteady(100 + steadyMsMin), true);
});
