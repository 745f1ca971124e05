#include "model/plan.h"

#include <array>
#include <utility>

namespace batchmill {

namespace {

constexpr std::array kDataTypes = {
    std::pair{DataType::kUriFile, "uri_file"},
    std::pair{DataType::kUriFolder, "uri_folder"},
    std::pair{DataType::kMltable, "mltable"},
    std::pair{DataType::kCustomModel, "custom_model"},
    std::pair{DataType::kMlflowModel, "mlflow_model"},
    std::pair{DataType::kTritonModel, "triton_model"},
};
constexpr std::array kInputModes = {
    std::pair{InputMode::kRoMount, "ro_mount"},
    std::pair{InputMode::kDownload, "download"},
    std::pair{InputMode::kDirect, "direct"},
    std::pair{InputMode::kEvalMount, "eval_mount"},
    std::pair{InputMode::kEvalDownload, "eval_download"},
};
constexpr std::array kOutputModes = {
    std::pair{OutputMode::kRwMount, "rw_mount"},
    std::pair{OutputMode::kUpload, "upload"},
    std::pair{OutputMode::kDirect, "direct"},
};

template <typename Table, typename Value>
const char* look_up_name(const Table& table, Value value) {
  for (const auto& [candidate, name] : table) {
    if (candidate == value) return name;
  }
  return "";
}

template <typename Value, typename Table>
std::optional<Value> look_up_value(const Table& table, const std::string& text) {
  for (const auto& [value, name] : table) {
    if (text == name) return value;
  }
  return std::nullopt;
}

}  // namespace

const char* name_of(DataType type) { return look_up_name(kDataTypes, type); }
const char* name_of(InputMode mode) { return look_up_name(kInputModes, mode); }
const char* name_of(OutputMode mode) { return look_up_name(kOutputModes, mode); }

std::optional<DataType> data_type_from(const std::string& text) {
  return look_up_value<DataType>(kDataTypes, text);
}
std::optional<InputMode> input_mode_from(const std::string& text) {
  if (text == "mount") return InputMode::kRoMount;
  return look_up_value<InputMode>(kInputModes, text);
}
std::optional<OutputMode> output_mode_from(const std::string& text) {
  if (text == "mount") return OutputMode::kRwMount;
  return look_up_value<OutputMode>(kOutputModes, text);
}

}  // namespace batchmill
