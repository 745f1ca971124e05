#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

// The templates of the catalogue: text, {name} placeholders, and '<' optional parts '>'. Pure.
namespace batchmill {

using PlaceholderValue = std::function<std::optional<std::string>(const std::string& name)>;

struct FilledTemplate {
  std::string text;
  bool complete = true;  // every placeholder outside of optional parts had a value
};

// A placeholder without a value stays as {name}; an optional part with one is left out.
FilledTemplate fill_template(std::string_view text, const PlaceholderValue& value_of);

// Calls `visit` with each placeholder and whether it stands in an optional part.
void visit_placeholders(std::string_view text,
                        const std::function<void(const std::string& name, bool optional)>& visit);

}  // namespace batchmill
