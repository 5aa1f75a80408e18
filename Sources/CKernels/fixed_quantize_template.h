// One version of the quantization loops. FIXED_TARGET: the function attribute; V(name): the version's name.
// Expanded by fixed_quantize.c for each version, and there by LOOP for each pair of types.
#define LOOP(from, from_name, bits_type, to, to_name)                                                           \
  static FIXED_TARGET int V(quantize_##from_name##_##to_name)(ptrdiff_t n, const from *restrict x,              \
                                                             const wl_fixed_rule *rule, to *restrict r) {       \
    const from scale = (from)rule->scale, low = (from)rule->low, high = (from)rule->high;                       \
    const from up_even = (from)rule->up[0], up_odd = (from)rule->up[1];                                         \
    const from down_even = (from)rule->down[0], down_odd = (from)rule->down[1];                                 \
    const int32_t least = rule->least, greatest = rule->greatest;                                               \
    bits_type largest = 0;                                                                                      \
    if (rule->wrap) {                                                                                           \
      const uint32_t unused = 32 - (uint32_t)rule->wrap, keep = 0xffffffffu >> unused;                          \
      const int32_t is_signed = rule->is_signed;                                                                \
      int32_t bad = 0;                                                                                          \
      for (ptrdiff_t i = 0; i < n; i++) {                                                                       \
        const from y = x[i] * scale;                                                                            \
        /* False for a NaN too. Below 2^30 the integer and its neighbors have 32 bits. */                       \
        const int fits = (y < (from)1073741824) & (y > (from)-1073741824);                                      \
        bad |= !fits;                                                                                           \
        const from held = fits ? y : 0;                                                                         \
        const int32_t t = (int32_t)held;                                                                        \
        const from d = held - (from)t;                                                                          \
        const int odd = t & 1;                                                                                  \
        const int32_t q = t + (d >= (odd ? up_odd : up_even)) - (d <= (odd ? down_odd : down_even));            \
        const int32_t wrapped = (int32_t)((uint32_t)q << unused) >> unused;                                     \
        r[i] = (to)(is_signed ? wrapped : (int32_t)((uint32_t)q & keep));                                       \
      }                                                                                                         \
      return bad;                                                                                               \
    }                                                                                                           \
    if (rule->is_even) {                                                                                        \
      const from magic = (from)EVEN_MAGIC_##from_name;                                                          \
      for (ptrdiff_t i = 0; i < n; i++) {                                                                       \
        bits_type bits, sum_bits;                                                                               \
        memcpy(&bits, &x[i], sizeof bits);                                                                      \
        const bits_type magnitude = bits & MAGNITUDE_##from_name;                                               \
        largest = magnitude > largest ? magnitude : largest;                                                    \
        const from y = x[i] * scale;                                                                            \
        const from below = y < high ? y : high;                                                                 \
        const from held = below > low ? below : low;                                                            \
        /* One rounding to a multiple of 1, ties to even; the integer is in the low bits. */                    \
        const from sum = held + magic;                                                                          \
        memcpy(&sum_bits, &sum, sizeof sum_bits);                                                               \
        r[i] = (to)(sum_bits - EVEN_BITS_##from_name);                                                          \
      }                                                                                                         \
      return largest > FINITE_##from_name;                                                                      \
    }                                                                                                           \
    for (ptrdiff_t i = 0; i < n; i++) {                                                                         \
      bits_type bits;                                                                                           \
      memcpy(&bits, &x[i], sizeof bits);                                                                        \
      const bits_type magnitude = bits & MAGNITUDE_##from_name;                                                 \
      largest = magnitude > largest ? magnitude : largest;                                                      \
      const from y = x[i] * scale;                                                                              \
      const from below = y < high ? y : high;                                                                   \
      const from held = below > low ? below : low;                                                              \
      const int32_t t = (int32_t)held;                                                                          \
      const from d = held - (from)t;                                                                            \
      const int odd = t & 1;                                                                                    \
      const int32_t q = t + (d >= (odd ? up_odd : up_even)) - (d <= (odd ? down_odd : down_even));              \
      r[i] = (to)(((q < least) | (q > greatest)) ? 0 : q);                                                      \
    }                                                                                                           \
    return largest > FINITE_##from_name;                                                                        \
  }
#define LOOPS(from, from_name, bits_type)            \
  LOOP(from, from_name, bits_type, int8_t, int8)     \
  LOOP(from, from_name, bits_type, uint8_t, uint8)   \
  LOOP(from, from_name, bits_type, int16_t, int16)   \
  LOOP(from, from_name, bits_type, uint16_t, uint16) \
  LOOP(from, from_name, bits_type, int32_t, int32)
LOOPS(float, float, uint32_t)
LOOPS(double, double, uint64_t)
#undef LOOPS
#undef LOOP
#undef V
#undef FIXED_TARGET
