// Silhouettes on a canvas: bits in, 64 x 64 a frame, played or stopped, with the hidden part marked.

const SIZE = 64;
const FRAME_BYTES = (SIZE * SIZE) / 8;
const NOTICEABLE = 0.1; // an estimate below this is shown as nothing hidden

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

export function countFrames(bits) {
  return bits.length / FRAME_BYTES;
}

function isSet(bits, frame, pixel) {
  return (bits[frame * FRAME_BYTES + (pixel >> 3)] >> (7 - (pixel & 7))) & 1;
}

function colour(canvas, name) {
  return getComputedStyle(canvas).getPropertyValue(name).trim();
}

// A 64 x 64 picture of the pixels for which `wanted` is true.
function stencil(fill, wanted) {
  const picture = new OffscreenCanvas(SIZE, SIZE);
  const context = picture.getContext("2d");
  context.fillStyle = fill;
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) if (wanted(y * SIZE + x)) context.fillRect(x, y, 1, 1);
  }
  return picture;
}

function hatch(context, canvas, area) {
  const side = canvas.width;
  context.save();
  context.beginPath();
  area(context, side / SIZE);
  context.clip();
  context.strokeStyle = colour(canvas, "--hidden");
  context.lineWidth = side / 85;
  context.globalAlpha = 0.75;
  for (let at = -side; at < side; at += side / 21) {
    context.beginPath();
    context.moveTo(at, side);
    context.lineTo(at + side, 0);
    context.stroke();
  }
  context.restore();
}

// A person as a visibility network judges them: what is left is put back into its place.
export function drawJudged(canvas, bits, frame, kind, amount) {
  const context = canvas.getContext("2d");
  const side = canvas.width;
  const picture = stencil(colour(canvas, "--figure"), (pixel) => isSet(bits, frame, pixel));
  context.clearRect(0, 0, side, side);
  context.imageSmoothingEnabled = false;
  const hidden = kind === "none" || amount < NOTICEABLE ? 0 : Math.min(amount, 0.9);
  const cut = kind === "top" || kind === "bottom" ? hidden : 0;
  const top = kind === "top" ? cut * side : 0;
  context.drawImage(picture, 0, top, side, side * (1 - cut));
  if (!hidden) return;
  hatch(context, canvas, (path, scale) => {
    const rows = SIZE * hidden * scale;
    if (kind === "top") path.rect(0, 0, side, rows);
    else if (kind === "bottom") path.rect(0, side - rows, side, rows);
    else if (kind === "middle") path.rect(0, (side - rows) / 2, side, rows);
  });
}

// A walk of which it is known what is hidden, pixel by pixel.
export function drawKnown(canvas, bits, visible, frame) {
  const context = canvas.getContext("2d");
  const side = canvas.width;
  context.clearRect(0, 0, side, side);
  context.imageSmoothingEnabled = false;
  const seen = (pixel) => !visible || isSet(visible, frame, pixel);
  context.drawImage(
    stencil(colour(canvas, "--figure"), (pixel) => isSet(bits, frame, pixel) && seen(pixel)), 0, 0, side, side);
  if (!visible) return;
  context.globalAlpha = 0.35;
  context.drawImage(
    stencil(colour(canvas, "--figure"), (pixel) => isSet(bits, frame, pixel) && !seen(pixel)), 0, 0, side, side);
  context.globalAlpha = 1;
  hatch(context, canvas, (path, scale) => {
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        if (!seen(y * SIZE + x)) path.rect(x * scale, y * scale, scale, scale);
      }
    }
  });
}

// Plays frames at a rate; who wants no motion gets a still picture and may start it.
export class Film {
  constructor(count, draw, perSecond = 20) {
    this.count = count;
    this.draw = draw;
    this.step = 1000 / perSecond;
    this.frame = 0;
    this.playing = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.last = 0;
    this.gone = false;
    this.again = () => this.draw(this.frame);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.again);
    this.draw(0);
    requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    if (this.gone) return;
    if (this.playing && now - this.last >= this.step) {
      this.last = now;
      this.show((this.frame + 1) % this.count);
    }
    requestAnimationFrame((later) => this.tick(later));
  }

  show(frame) {
    this.frame = Math.min(frame, this.count - 1);
    this.draw(this.frame);
  }

  stop() {
    this.gone = true;
    matchMedia("(prefers-color-scheme: dark)").removeEventListener("change", this.again);
  }
}
