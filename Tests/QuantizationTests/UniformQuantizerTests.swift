import Quantization
import Testing

@Suite("Uniform quantisers")
struct UniformQuantizerTests {
  @Test("Levels, values and errors by hand")
  func byHand() {
    let quantizer = UniformQuantizer(step: 0.5, limit: 3)
    let x: [Float] = [0, 0.2, 0.25, -0.25, 0.74, 0.75, -1.3, 9, -9, -0.24]
    #expect(x.map(quantizer.level(of:)) == [0, 0, 1, -1, 1, 2, -3, 3, -3, 0])
    #expect(x.map(quantizer.value(of:)) == [0, 0, 0.5, -0.5, 0.5, 1, -1.5, 1.5, -1.5, 0])
    #expect(quantizer.squaredError(over: [0.25, -2, 1]) == 0.0625 + 0.25)
  }

  @Test("A word of b bits has the levels of ±(2^(b − 1) − 1)")
  func limits() {
    #expect((2...8).map(UniformQuantizer.limit(wordLength:)) == [1, 3, 7, 15, 31, 63, 127])
  }

  @Test("Within the range a value is off by half a step at most, and negation mirrors")
  func errorBound() {
    let quantizer = UniformQuantizer(step: 0.125, limit: 31)
    for index in -31_000...31_000 {
      let x = Float(index) / 8000
      #expect(abs(quantizer.value(of: x) - x) <= 0.0625)
      #expect(quantizer.level(of: -x) == -quantizer.level(of: x))
    }
  }
}
