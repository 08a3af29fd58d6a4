import { steadyMsMin } from "./limits.ts";

/** Where a pointer is, on the screen and in the frame. */
export type PointerPlace = {
  readonly screenX: number;
  readonly screenY: number;
  readonly clientX: number;
  readonly clientY: number;
};

/** Browsers round both, and zoomed pages more. */
const tolerance = 4;
const toleranceShare = 0.02;
/** So far a pointer has to go before the page's zoom is read off it. */
const calibrationPixels = 24;
const zoomMin = 0.2;
const zoomMax = 6;

/**
 * Whether the frame stays where it is below the pointer. A page may move it just before a click, and the frame is told of that by
 * nobody: but where the pointer is in the frame then changes in another way than where it is on the screen.
 */
export class PointerPath {
  #zoom = 1;
  #anchor: PointerPlace | undefined;
  #sinceMs = 0;

  /** In the order in which they happened. */
  take(place: PointerPlace, nowMs: number): void {
    const anchor = this.#anchor;
    if (anchor !== undefined && fits(anchor, place, this.#zoom)) return;
    if (anchor !== undefined) this.#zoom = zoomBetween(anchor, place) ?? this.#zoom;
    this.#anchor = place;
    this.#sinceMs = nowMs;
  }

  /** The pointer is not above the frame any more. */
  leave(): void {
    this.#anchor = undefined;
  }

  isSteady(nowMs: number): boolean {
    return this.#anchor !== undefined && nowMs - this.#sinceMs >= steadyMsMin;
  }
}

/** Compared with where it was first: many small steps are a large one. */
function fits(anchor: PointerPlace, place: PointerPlace, zoom: number): boolean {
  const isClose = (screen: number, client: number): boolean =>
    Math.abs(screen - zoom * client) <= tolerance + toleranceShare * Math.abs(screen);
  return (
    isClose(place.screenX - anchor.screenX, place.clientX - anchor.clientX) &&
    isClose(place.screenY - anchor.screenY, place.clientY - anchor.clientY)
  );
}

/** Undefined when no zoom explains it. */
function zoomBetween(anchor: PointerPlace, place: PointerPlace): number | undefined {
  const [x, y] = [place.clientX - anchor.clientX, place.clientY - anchor.clientY];
  const isWide = Math.abs(x) > Math.abs(y);
  if (Math.abs(isWide ? x : y) < calibrationPixels) return undefined;
  const zoom = isWide ? (place.screenX - anchor.screenX) / x : (place.screenY - anchor.screenY) / y;
  const isZoom = zoom >= zoomMin && zoom <= zoomMax && fits(anchor, place, zoom);
  return isZoom ? zoom : undefined;
}
