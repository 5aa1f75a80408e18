#!/usr/bin/env bash
# Cells of the Verilog twin by Yosys, as the table cells.csv beside this script:
#
#     HardwareModels/rtl/cells.sh > HardwareModels/rtl/cells.csv
#
# Flattened, mapped to NAND, NOR and NOT gates by ABC (-g cmos2) and to plain flip-flops and ones with asynchronous reset; memories stay whole
# and are listed apart. Gate equivalents are transistors / 4: NAND and NOR 4 transistors, NOT 2, a flip-flop 16; a reset adds
# 4, memories count none. The descriptor memories (29 fields a layer, 5 a tile) are the twin's own and of its widest form.
set -euo pipefail
cd "$(dirname "$0")"

# Name, then parameters of lane_array that differ from its defaults.
machines=(
  "parallel-8x8-multiplier"
  "ternary-2_bits Packing=1 WeightBits=2 Lanes=8 TableAddressBits=0"
  "parallel-4x8-shift WeightBits=4 RequantizerKind=0 MultiplierBits=1 Drained=1 TableAddressBits=0"
)
columns=(Lanes Inputs Drained Packing WeightBits ActivationBits AccumulatorBits Saturate RequantizerKind
  MultiplierBits Rounding TableAddressBits TableBits AdderTreeCycles RequantizerCycles)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
yosys -V | sed 's/^/# /; s/ (git.*//'
sed -n '/^# Cells/,/^set/s/^#/#/p' cells.sh
(IFS=,; echo "name,${columns[*]},nand,nor,not,flip_flops,flip_flops_with_reset,gate_equivalents,memory,memory_words,memory_word_bits,memories")

for machine in "${machines[@]}"; do
  read -r name parameters <<< "$machine"
  values=$name
  for column in "${columns[@]}"; do
    value=$(sed -n "s/^  parameter $column = \([0-9]*\),*\$/\1/p" lane_array.v)
    for parameter in $parameters; do
      [ "${parameter%%=*}" = "$column" ] && value=${parameter#*=}
    done
    values="$values,$value"
  done
  settings=
  for parameter in $parameters; do settings="$settings -chparam ${parameter/=/ }"; done
  yosys -q -p "
    read_verilog *.v
    hierarchy -check -top lane_array$settings
    proc; check -assert; flatten
    opt; wreduce; peepopt; opt_clean; alumacc; share; opt; memory -nomap; opt_clean
    opt -fast -full; opt -undriven -fine; techmap; opt -fast
    dfflegalize -cell \$_DFF_P_ 01 -cell \$_DFF_PN0_ 01
    abc -g cmos2; opt_clean; check -assert
    tee -q -o $work/cells stat
    tee -q -o $work/memories dump t:\$mem_v2"
  awk -v values="$values" '
    FNR == NR { count[$1] = $2; next }
    # Of each memory the cell tells its name, words and bits; equal memories of lanes and drained outputs are one line.
    $2 == "\\MEMID" { memory = $3; gsub(/["\\]|\.words_q/, "", memory); gsub(/\[[0-9]+\]/, "", memory) }
    $2 == "\\SIZE" { words = $3 }
    $2 == "\\WIDTH" { memories[memory "," words "," $3]++ }
    END {
      nand = count["$_NAND_"] + 0; nor = count["$_NOR_"] + 0; inverters = count["$_NOT_"] + 0
      plain = count["$_DFF_P_"] + 0; reset = count["$_DFF_PN0_"] + 0
      equivalents = nand + nor + inverters / 2 + 4 * plain + 5 * reset
      print values "," nand "," nor "," inverters "," plain "," reset "," equivalents ",,,,"
      for (memory in memories) print values ",,,,,,," memory "," memories[memory] | "LC_ALL=C sort"
    }' "$work/cells" "$work/memories"
done
