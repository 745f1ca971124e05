#pragma once

#include <nlohmann/json.hpp>

#include "runlog/error_record.h"

// Error records as JSON values, for the sources of this folder that embed them in larger ones.
namespace batchmill::runlog {

// Throws nlohmann's exceptions where a key has another type than the format says.
ErrorRecord error_record_from(const nlohmann::ordered_json& object);
nlohmann::ordered_json error_record_json(const ErrorRecord& record);

std::optional<CodePlace> place_from(const nlohmann::ordered_json& object);
nlohmann::ordered_json place_json(const std::optional<CodePlace>& place);

}  // namespace batchmill::runlog
