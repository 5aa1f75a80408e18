import Foundation

/// A file made by NumPy 2.4.6 under Python 3.11.7, with the expression that made it.
struct NumpySample: Sendable {
  let expression: String
  let data: Data

  private init(_ expression: String, _ base64: String) {
    self.expression = expression
    data = Data(base64Encoded: base64)!
  }

  /// `numpy.save(file, EXPRESSION)`: little-endian, C order.
  static let saved = [
    NumpySample(
      "np.array([[1, -2, 3], [-128, 127, 0]], np.int8)",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnfGkxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoB/gOAfwA=
      """),
    NumpySample(
      "np.array([1, -2, 32767], np.int16)",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAP7//38=
      """),
    NumpySample(
      "np.array([[[-2147483648]]], np.int32)",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsIDEsIDEpLCB9ICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAACA
      """),
    NumpySample(
      "np.array(-5, np.int64)",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr7/////////w==
      """),
    NumpySample(
      "np.array([0, 255], np.uint8)",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA/w==
      """),
    NumpySample(
      "np.array([65535, 1], np.uint16)",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPHUyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr//wEA
      """),
    NumpySample(
      "np.array([4294967295], np.uint32)",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPHU0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwgfSAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr/////
      """),
    NumpySample(
      "np.array([18446744073709551615, 1], np.uint64)",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPHU4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr//////////wEAAAAAAAAA
      """),
    NumpySample(
      "np.array([0.1, -0.0, np.inf, np.nan], np.float32)",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDQsKSwgfSAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIArNzMw9AAAAgAAAgH8AAMB/
      """),
    NumpySample(
      "np.array([0.1, 5e-324], np.float64)",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqamZmZmZm5PwEAAAAAAAAA
      """),
    NumpySample(
      "np.array([[True, False]])",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsIDIpLCB9ICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAA==
      """),
    NumpySample(
      "np.zeros((0, 3), np.float32)",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDAsIDMpLCB9ICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=
      """),
    NumpySample(
      "np.zeros((3, 0), np.int16)",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsIDApLCB9ICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=
      """),
    NumpySample(
      "np.ones((1,) * 15, np.int8)",
      """
      k05VTVBZAQC2AHsnZGVzY3InOiAnfGkxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsIDEsIDEsIDEsIDEs\
      IDEsIDEsIDEsIDEsIDEsIDEsIDEsIDEsIDEsIDEpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAQ==
      """),
  ]

  /// `numpy.save` of other orders, and `numpy.lib.format.write_array` of other versions.
  static let foreign = [
    NumpySample(
      "np.asfortranarray(np.arange(24, dtype=np.int16).reshape(2, 3, 4))",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGkyJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgNCksIH0gICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAwABAAQAAgAFAABAA0ABQARAAkA\
      FQACAA4ABgASAAoAFgADAA8ABwATAAsAFwA=
      """),
    NumpySample(
      "np.array([1, -2, 2147483647], '>i4')",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPmk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAB/////n////8=
      """),
    NumpySample(
      "np.array([0.1, -3.0], '>f8')",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPmY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo/uZmZmZmZmsAIAAAAAAAA
      """),
    NumpySample(
      "np.asfortranarray(np.arange(6).reshape(2, 3)).astype('>u2', order='F')",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPnUyJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAADAAEABAACAAU=
      """),
    NumpySample(
      "np.asfortranarray([[True, False, False], [True, True, False]])",
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAQABAAA=
      """),
    NumpySample(
      "write_array(np.array([7, 8], np.uint8), version=(2, 0))",
      """
      k05VTVBZAgB0AAAAeydkZXNjcic6ICd8dTEnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoHCA==
      """),
    NumpySample(
      "write_array(np.array([7, 8], np.uint8), version=(3, 0))",
      """
      k05VTVBZAwB0AAAAeydkZXNjcic6ICd8dTEnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoHCA==
      """),
  ]

  /// `numpy.savez` with its arrays in this order.
  static let archives = [
    NumpySample(
      "savez(a=np.array([1, -2], np.int8), bias=np.array([[70000]], np.int32))",
      """
      UEsDBC0AAAAAAAAAIQD5m/MS//////////8FABQAYS5ucHkBABAAggAAAAAAAACCAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzog\
      J3xpMScsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAf5QSwMELQAAAAAAAAAhAPNiLAj//////////wgAFABiaWFzLm5weQEA\
      EACEAAAAAAAAAIQAAAAAAAAAk05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBl\
      JzogKDEsIDEpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIApwEQEA\
      UEsBAi0DLQAAAAAAAAAhAPmb8xKCAAAAggAAAAUAAAAAAAAAAAAAAIABAAAAAGEubnB5UEsBAi0DLQAAAAAAAAAhAPNiLAiEAAAA\
      hAAAAAgAAAAAAAAAAAAAAIABuQAAAGJpYXMubnB5UEsFBgAAAAACAAIAaQAAAHcBAAAAAA==
      """),
    NumpySample(
      "savez(Δ=np.array(0.5))",
      """
      UEsDBC0AAAgAAAAAIQBw7pJp//////////8GABQAzpQubnB5AQAQAIgAAAAAAAAAiAAAAAAAAACTTlVNUFkBAHYAeydkZXNjcic6\
      ICc8ZjgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgCgAAAAAAAOA/UEsBAi0DLQAACAAAAAAhAHDukmmIAAAAiAAAAAYAAAAA\
      AAAAAAAAAIABAAAAAM6ULm5weVBLBQYAAAAAAQABADQAAADAAAAAAAA=
      """),
    NumpySample(
      "savez()",
      """
      UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==
      """),
  ]

  /// The first of `archives` where 64 bits are taken for all above 100.
  static let wideArchive = [
    NumpySample(
      "savez(a=np.array([1, -2], np.int8), bias=np.array([[70000]], np.int32)), zipfile.ZIP64_LIMIT = 100",
      """
      UEsDBC0AAAAAAAAAIQD5m/MS//////////8FABQAYS5ucHkBABAAggAAAAAAAACCAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzog\
      J3xpMScsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAf5QSwMELQAAAAAAAAAhAPNiLAj//////////wgAFABiaWFzLm5weQEA\
      EACEAAAAAAAAAIQAAAAAAAAAk05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBl\
      JzogKDEsIDEpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIApwEQEA\
      UEsBAi0DLQAAAAAAAAAhAPmb8xL//////////wUAFAAAAAAAAAAAAIABAAAAAGEubnB5AQAQAIIAAAAAAAAAggAAAAAAAABQSwEC\
      LQMtAAAAAAAAACEA82IsCP//////////CAAcAAAAAAAAAAAAgAH/////Ymlhcy5ucHkBABgAhAAAAAAAAACEAAAAAAAAALkAAAAA\
      AAAAUEsGBiwAAAAAAAAALQAtAAAAAAAAAAAAAgAAAAAAAAACAAAAAAAAAJkAAAAAAAAAdwEAAAAAAABQSwYHAAAAABACAAAAAAAA\
      AQAAAFBLBQYAAAAAAgACAJkAAAB3AQAAAAA=
      """)
  ]

  /// An archive whose headers leave sizes to a record behind the bytes.
  static let pipedArchive = [
    NumpySample(
      "savez(a=np.array([1, -2], np.int8)) to a pipe",
      """
      UEsDBC0ACAAAAAAAIQAAAAAA//////////8FABQAYS5ucHkBABAAAAAAAAAAAAAAAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzog\
      J3xpMScsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAf5QSwcI+ZvzEoIAAAAAAAAAggAAAAAAAABQSwECLQMtAAgAAAAAACEA\
      +ZvzEoIAAACCAAAABQAAAAAAAAAAAAAAgAEAAAAAYS5ucHlQSwUGAAAAAAEAAQAzAAAA0QAAAAAA
      """)
  ]

  /// A compressed archive.
  static let compressedArchive = [
    NumpySample(
      "savez_compressed(a=np.array([1, -2], np.int8))",
      """
      UEsDBC0AAAAIAAAAIQD5m/MS//////////8FABQAYS5ucHkBABAAggAAAAAAAABGAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6l\
      oF6Taaiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAC7GfwBQSwECLQMtAAAACAAAACEA+ZvzEkYAAACC\
      AAAABQAAAAAAAAAAAAAAgAEAAAAAYS5ucHlQSwUGAAAAAAEAAQAzAAAAfQAAAAAA
      """)
  ]
}
