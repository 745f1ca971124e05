#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/diagnostic.h"

// Diagnostics for a terminal (messages.md 2.1). All functions are pure.
namespace batchmill::pipeline {

// The text of every file that was read, by its path as typed; excerpts come from it.
using SourceTexts = std::map<std::string, std::string>;

struct TextOptions {
  std::size_t width = 80;  // columns of the terminal; no excerpt is wider
  bool colour = false;
};

constexpr std::size_t kMostDiagnosticsAsText = 100;

// Order by file (as in `files`, the order of first reference; others after them by name), line and
// column, without the second and further of the same code, place and YAML path. `--set` comes
// first.
std::vector<Diagnostic> arrange(std::vector<Diagnostic> diagnostics,
                                const std::vector<std::string>& files);

// One diagnostic with its excerpt and details; ends with a newline.
std::string render_text(const Diagnostic& diagnostic, const SourceTexts& sources,
                        const TextOptions& options);

// All of them, already arranged, with empty lines between; after 100 one line says how many more.
// Without the summary line. "" for none.
std::string render_text(const std::vector<Diagnostic>& diagnostics, const SourceTexts& sources,
                        const TextOptions& options);

// "ERROR: pipeline.yml: 10 errors, 1 warning; nothing was submitted" + newline. `effect` is what
// follows ("nothing was submitted"; "" for none). "WARNING: ..." without errors, "NOTICE: ..." with
// only notices, "" for no diagnostics.
std::string summary_line(std::string_view file, const std::vector<Diagnostic>& diagnostics,
                         std::string_view effect, const TextOptions& options);

bool has_errors(const std::vector<Diagnostic>& diagnostics);
// `--strict`: warnings become errors; notices stay.
void make_strict(std::vector<Diagnostic>& diagnostics);

}  // namespace batchmill::pipeline
