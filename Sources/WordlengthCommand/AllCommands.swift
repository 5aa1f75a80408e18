/// Every command of the program, in the order of its help text.
package let allCommands: [any Command.Type] = [
  ExploreCommand.self, TrainCommand.self, QuantizeCommand.self, SimulateCommand.self, CostCommand.self,
  RobustCommand.self, VectorsCommand.self, VerifyCommand.self, CosimCommand.self,
]
