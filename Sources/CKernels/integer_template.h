// One version of the integer kernels that plain loops serve well; see product_template.h for V and V_TARGET.

static V_TARGET int64_t V(bounded_product)(ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t inputs,
                                           const ptrdiff_t *tap_lengths, int bits, wl_overflow overflow,
                                           const int32_t *x, const int16_t *packed, const int64_t *initial,
                                           int64_t *restrict exact, int64_t *restrict accumulator, int64_t *sums) {
  const int64_t high = (int64_t)(((uint64_t)1 << (bits - 1)) - 1), low = -high - 1;
  const int drop = 64 - bits;
  int64_t events = 0;
  for (ptrdiff_t s = 0; s < samples; s++) {
    for (ptrdiff_t o = 0; o < outputs; o++) accumulator[o] = initial[o];
    for (ptrdiff_t tap = 0, start = 0, end; start < inputs; tap++, start = end) {
      end = start + tap_lengths[tap];
      for (ptrdiff_t o = 0; o < outputs; o++) exact[o] = 0;
      for (ptrdiff_t i = start; i < end; i++) {
        const int64_t value = x[s * inputs + i];
        const int16_t *w = packed + i * outputs;
        for (ptrdiff_t o = 0; o < outputs; o++) exact[o] += value * w[o];
      }
      for (ptrdiff_t o = 0; o < outputs; o++) {
        // Only a 64-bit accumulator can overflow here; the carry is then told from the signs.
        const int64_t before = accumulator[o];
        int64_t sum = (int64_t)((uint64_t)before + (uint64_t)exact[o]);
        const int64_t carried = ((before ^ sum) & (exact[o] ^ sum)) >> 63;
        const int64_t beyond = carried ? (before >> 63 ? -1 : 1) : (sum > high ? 1 : (sum < low ? -1 : 0));
        events += beyond != 0;
        if (overflow == WL_SATURATE)
          accumulator[o] = beyond > 0 ? high : (beyond < 0 ? low : sum);
        else
          accumulator[o] = (int64_t)((uint64_t)sum << drop) >> drop;
      }
    }
    for (ptrdiff_t o = 0; o < outputs; o++) sums[s * outputs + o] = accumulator[o];
  }
  return events;
}

static V_TARGET void V(requantize_to_bytes)(ptrdiff_t count, const int32_t *multipliers, const int32_t *shifts,
                                            int64_t zero, int64_t low, int64_t high, const uint8_t *table,
                                            const int32_t *x, uint8_t *y) {
  int32_t addresses[64];
  for (ptrdiff_t start = 0; start < count; start += 64) {
    const ptrdiff_t length = count - start < 64 ? count - start : 64;
    for (ptrdiff_t i = 0; i < length; i++) {
      const int64_t shift = shifts[start + i], half = ((int64_t)1 << shift) >> 1;
      // A shift of a negative number rounds down on every compiler that is supported.
      int64_t r = (((int64_t)x[start + i] * multipliers[start + i] + half) >> shift) + zero;
      r = r < low ? low : r;
      r = r > high ? high : r;
      addresses[i] = (int32_t)(table ? r - low : r);
    }
    for (ptrdiff_t i = 0; i < length; i++)
      y[start + i] = table ? table[addresses[i]] : (uint8_t)addresses[i];
  }
}

#undef V
#undef V_TARGET
