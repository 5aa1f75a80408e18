/// The Verilog test bench of several machines' twins in one simulation.
///
/// Each machine has a module with a clock of its own that stops after its program's last command. What it prints:
///
///     output MACHINE RUN INDEX WORD     an output of run RUN (counted from 0), in hexadecimal
///     cycles MACHINE RUN CYCLES         the run's count, from the edge that samples start to that of the last output
///     timeout MACHINE RUN               the run took more cycles than the program allows; the machine stops
package struct TwinBench: Sendable {
  private let programs: [TwinProgram]

  /// The bench for machines that run these programs.
  package init(_ programs: [TwinProgram]) { self.programs = programs }

  /// The name of a machine's program.
  package static func imageName(machine: Int) -> String { "machine-\(machine).hex" }

  /// The top module's name.
  package static let topModule = "cosimulation"

  /// The bench.
  package var text: String {
    let count = programs.count
    let instances = programs.indices.map {
      "  machine_\($0) u_machine_\($0) (.finished_o(finished[\($0)]));\n"
    }.joined()
    return programs.enumerated().map { Self.machine($0, $1) }.joined(separator: "\n") + """

      module \(Self.topModule);
        wire [\(count - 1):0] finished;

      \(instances)
        always @(finished) begin
          if (&finished) $finish(0);
        end
      endmodule

      """
  }

  private static func machine(_ number: Int, _ program: TwinProgram) -> String {
    let parameters = program.parameters.members.map { "    .\($0.name)(\($0.value))" }
      .joined(separator: ",\n")
    func value(_ name: String) -> Int { program.parameters.members.first { $0.name == name }!.value }
    return """
      module machine_\(number) (output wire finished_o);
        localparam Drained = \(value("Drained"));
        localparam ResultBits = \(value("ResultBits"));
        localparam IndexBits = \(value("IndexBits"));
        localparam HostBits = \(program.parameters.hostBits);
        localparam Commands = \(program.count);
        localparam [1:0] Fetch = 2'd0, Starting = 2'd1, Running = 2'd2;

        reg [HostBits+51:0] commands [0:Commands-1];
        reg [HostBits+51:0] command;
        reg clk, rst_n, host_write, start, finished;
        reg [1:0] state;
        reg [31:0] limit, cycles;
        integer next, run, e;
        wire idle, done;
        wire [Drained-1:0] output_valid;
        wire [IndexBits-1:0] output_index;
        wire [Drained*ResultBits-1:0] output_data;

        lane_array #(
      \(parameters)
        ) dut (
          .clk_i(clk), .rst_ni(rst_n), .host_write_i(host_write), .host_select_i(command[HostBits+50-:3]),
          .host_lane_i(command[HostBits+47-:16]), .host_address_i(command[HostBits+31-:32]),
          .host_data_i(command[HostBits-1:0]), .start_i(start), .idle_o(idle), .done_o(done),
          .output_valid_o(output_valid), .output_index_o(output_index), .output_data_o(output_data)
        );

        assign finished_o = finished;

        initial begin
          $readmemh("\(imageName(machine: number))", commands);
          clk = 1'b0;
          rst_n = 1'b0;
          host_write = 1'b0;
          start = 1'b0;
          finished = 1'b0;
          state = Fetch;
          next = 0;
          run = 0;
          command = commands[0];
          #1 rst_n = 1'b1;
          while (!finished) #1 clk = !clk;
        end

        always @(posedge clk) begin
          host_write <= 1'b0;
          start <= 1'b0;
          case (state)
            Fetch: begin
              if (next == Commands) begin
                finished <= 1'b1;
              end else begin
                command <= commands[next];
                next <= next + 1;
                if (commands[next][HostBits+51]) begin
                  // The word before this one is being written at this edge.
                  if (!idle) $display("timeout \(number) %0d", run);
                  limit <= commands[next][HostBits+31-:32];
                  start <= 1'b1;
                  state <= Starting;
                end else begin
                  host_write <= 1'b1;
                end
              end
            end
            Starting: begin
              cycles <= 32'd1;
              state <= Running;
            end
            default: begin
              cycles <= cycles + 32'd1;
              for (e = 0; e < Drained; e = e + 1) begin
                if (output_valid[e])
                  $display("output \(number) %0d %0d %h", run, output_index + e, output_data[e*ResultBits+:ResultBits]);
              end
              if (done === 1'b1) begin
                $display("cycles \(number) %0d %0d", run, cycles);
                run <= run + 1;
                state <= Fetch;
              end else if (cycles >= limit) begin
                $display("timeout \(number) %0d", run);
                finished <= 1'b1;
              end
            end
          endcase
        end
      endmodule

      """
  }
}
