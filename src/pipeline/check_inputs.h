#pragma once

#include <map>
#include <optional>
#include <string>

#include "pipeline/check_context.h"
#include "pipeline/input_entry.h"

// Inputs: literals, data, bindings (pipeline-yaml.md 3.1, 3.4, 4.1).
namespace batchmill::pipeline {

// Declares everything under the top-level `inputs`.
void check_pipeline_inputs(CheckContext& context, const yaml::Value& mapping);

// The inputs of a step as far as they are right; bindings to outputs of steps become edges.
std::map<std::string, StepInput> check_step_inputs(CheckContext& context, const StepOutline& step,
                                                   const yaml::Value& mapping);

// The one input of a step that an entry gives it; reports and gives nothing otherwise.
std::optional<StepInput> read_step_input(CheckContext& context, const StepOutline& step,
                                         const InputEntry& input);

// "name" of an input or output: letters, digits, "_" (and "." between groups); reported otherwise.
void check_io_name(CheckContext& context, const yaml::Entry& entry, const std::string& path,
                   std::string_view what);

// Modes that fit a type, first the default.
std::vector<std::string> input_modes(DataType type);
std::vector<std::string> output_modes(DataType type);

// 404, with the modes that are possible.
void report_mode(CheckContext& context, const yaml::Value& mode, const std::string& path,
                 const std::string& type, std::vector<std::string> modes);

}  // namespace batchmill::pipeline
