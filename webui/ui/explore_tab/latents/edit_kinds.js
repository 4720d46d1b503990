// What edits there are: how one begins, and which numbers it has. A field is {name, label, low, high, step, least, most}.

const channelField = { name: "channel", everywhere: true };
const number = (name, label, low, high, step, least, most) => ({ name, label, low, high, step, least, most });

const EDIT_KINDS = {
  scale: {
    name: "Scale",
    about: "Values times a factor, plus a shift",
    fresh: ({ channel }) => ({ channel, factor: 1.5, shift: 0 }),
    channels: [channelField],
    numbers: [number("factor", "times", -2, 3, 0.05, -10, 10), number("shift", "plus", -3, 3, 0.05, -20, 20)],
  },
  swap: {
    name: "Swap",
    about: "Two channels change places",
    fresh: ({ channel, count }) => ({ one: channel ?? 0, other: ((channel ?? 0) + 1) % count }),
    channels: [{ name: "one" }, { name: "other", label: "with" }],
    numbers: [],
  },
  noise: {
    name: "Noise",
    about: "Add noise of a seed",
    fresh: ({ channel }) => ({ channel, amount: 0.3, seed: Math.floor(Math.random() * 2 ** 32) }),
    channels: [channelField],
    numbers: [number("amount", "amount", 0, 2, 0.02, 0, 10)],
    seed: true,
  },
  blur: {
    name: "Blur",
    about: "A Gaussian blur, in latents",
    fresh: ({ channel }) => ({ channel, sigma: 1 }),
    channels: [channelField],
    numbers: [number("sigma", "sigma", 0, 4, 0.05, 0, 32)],
  },
  paint: {
    name: "Paint",
    about: "Set latents to a value with a brush",
    fresh: ({ channel, value }) => ({ channel, value, mask: null }),
    channels: [channelField],
    numbers: [number("value", "value", -4, 4, 0.05, -20, 20)],
    brush: true,
  },
};

/** How channels are called: from 1, as in the statistics of what is normal. */
function channelName(channel) {
  return channel === null ? "all channels" : `channel ${channel + 1}`;
}
