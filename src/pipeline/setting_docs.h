#pragma once

#include <span>
#include <string>
#include <string_view>

// What docs/settings.md says beyond the key table: an explanation and an example for each key of a
// parallel step, in chapters.
namespace batchmill::pipeline {

struct SettingDoc {
  std::string_view key;      // path below the step: "retry_settings.timeout"
  std::string_view text;     // Markdown
  std::string_view example;  // lines of a step; must pass validation
};

struct SettingChapter {
  std::string_view title;
  std::string_view text;  // before its keys; may be empty
  std::span<const SettingDoc> keys;
};

std::span<const SettingChapter> setting_chapters();

// docs/settings.md.
std::string render_settings_page();

}  // namespace batchmill::pipeline
