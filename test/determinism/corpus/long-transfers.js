// More bytes than the window holds go through it in pieces, both ways.
const { words, window, host } = kith;
const send = (total) => {
  for (let left = total; left > window.length; left -= window.length) {
    words[1] = window.length;
    host(0);
  }
  words[1] = total % window.length || Math.min(total, window.length);
};
for (const total of [65471, 65472, 65473, 300000, 2097152, 2097153, 4000000]) {
  window.fill(total & 255);
  send(total);
  host(7);
  show(total, words[0], words[1], window.slice(0, 32));
  window.fill(97);
  send(total);
  host(5);
  let [size] = words;
  const claimed = size;
  if (size < 0) { show(size, words[1], String.fromCharCode(...window.slice(0, words[1]))); continue; }
  for (let got = Math.min(size, window.length); got < claimed; got += words[0]) { words[1] = 0; host(1); size = words[0]; }
  show(claimed, size, window.slice(0, 4));
  words[1] = 0;
  host(1);
  show(words[0]);
}
