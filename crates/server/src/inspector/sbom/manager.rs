//! Which package manager a component came from, in the words of inspector2's `PackageManager`.

use super::Component;

/// A purl type with the managers that install its packages; the first is taken without evidence.
const BY_TYPE: &[(&str, &[&str])] = &[
    ("npm", &["NPM", "YARN", "NODEPKG"]),
    ("pypi", &["PIP", "PYTHONPKG", "PIPENV", "POETRY"]),
    ("cargo", &["CARGO"]),
    ("golang", &["GOMOD", "GOBINARY"]),
    ("maven", &["JAR", "POM"]),
    ("gem", &["BUNDLER", "GEMSPEC"]),
    ("composer", &["COMPOSER"]),
    ("nuget", &["NUGET", "DOTNET_CORE"]),
    ("deb", &["OS"]),
    ("dpkg", &["OS"]),
    ("rpm", &["OS"]),
    ("apk", &["OS"]),
    ("alpine", &["OS"]),
    ("alpm", &["OS"]),
];

/// Properties in which tools say what they read.
const HINTS: &[&str] = &[
    "amazon:inspector:sbom_generator:source_package_collector",
    "amazon:inspector:sbom_generator:source_file_scanner",
    "aquasecurity:trivy:PkgType",
    "aquasecurity:trivy:Type",
    "syft:package:foundBy",
];

/// The words of those properties.
const BY_HINT: &[(&str, &str)] = &[
    ("bundler", "BUNDLER"),
    ("composer", "COMPOSER"),
    ("dotnet-core", "DOTNET_CORE"),
    ("dotnet-deps-cataloger", "DOTNET_CORE"),
    ("gemspec", "GEMSPEC"),
    ("go-binary", "GOBINARY"),
    ("go-gopkg", "GOMOD"),
    ("go-mod-file-cataloger", "GOMOD"),
    ("go-module-binary-cataloger", "GOBINARY"),
    ("gobinary", "GOBINARY"),
    ("goconst-package", "GOMOD"),
    ("gomod", "GOMOD"),
    ("jar", "JAR"),
    ("java-archive-cataloger", "JAR"),
    ("java-cataloger", "JAR"),
    ("java-jar", "JAR"),
    ("java-pom-cataloger", "POM"),
    ("javascript-package-cataloger", "NODEPKG"),
    ("node-pkg", "NODEPKG"),
    ("npm", "NPM"),
    ("pip", "PIP"),
    ("pipenv", "PIPENV"),
    ("poetry", "POETRY"),
    ("pom", "POM"),
    ("python-installed-package-cataloger", "PYTHONPKG"),
    ("python-package-cataloger", "PYTHONPKG"),
    ("python-pkg", "PYTHONPKG"),
    ("ruby-gemfile-cataloger", "BUNDLER"),
    ("ruby-gemspec-cataloger", "GEMSPEC"),
    ("ruby-installed-gemspec-cataloger", "GEMSPEC"),
    ("yarn", "YARN"),
];

/// Ends of the path of the file that lists a package.
const BY_FILE: &[(&str, &str)] = &[
    (".deps.json", "DOTNET_CORE"),
    (".gemspec", "GEMSPEC"),
    (".jar", "JAR"),
    ("/Gemfile.lock", "BUNDLER"),
    ("/METADATA", "PYTHONPKG"),
    ("/PKG-INFO", "PYTHONPKG"),
    ("/Pipfile.lock", "PIPENV"),
    ("/go.mod", "GOMOD"),
    ("/go.sum", "GOMOD"),
    ("/node_modules/.package-lock.json", "NODEPKG"),
    ("/npm-shrinkwrap.json", "NPM"),
    ("/package-lock.json", "NPM"),
    ("/package.json", "NODEPKG"),
    ("/poetry.lock", "POETRY"),
    ("/pom.xml", "POM"),
    ("/requirements.txt", "PIP"),
    ("/yarn.lock", "YARN"),
];

/// Folders in which packages lie installed.
const BY_FOLDER: &[(&str, &str)] = &[
    ("/dist-packages/", "PYTHONPKG"),
    ("/node_modules/", "NODEPKG"),
    ("/site-packages/", "PYTHONPKG"),
];

/// Chooses by what the tool says, then by the file's name, then by the purl's type alone.
pub(super) fn choose(purl_type: &str, component: &Component) -> Option<&'static str> {
    let (_, managers) = BY_TYPE.iter().find(|(name, _)| *name == purl_type)?;
    // A hint about another kind of package says nothing about this one.
    let fitting = |found: &(&str, &'static str)| managers.contains(&found.1).then_some(found.1);
    let hints = HINTS.iter().filter_map(|name| component.property(name));
    let by_hint = |hint| {
        BY_HINT
            .iter()
            .filter(|(word, _)| *word == hint)
            .find_map(fitting)
    };
    let hinted = hints.into_iter().find_map(by_hint);
    let path = component.path().map(|path| format!("/{path}"));
    let by_path = |path: String| {
        let file = BY_FILE
            .iter()
            .filter(|(end, _)| path.ends_with(end))
            .find_map(fitting);
        let folder = BY_FOLDER.iter().filter(|(part, _)| path.contains(part));
        file.or_else(|| folder.into_iter().find_map(fitting))
    };
    hinted
        .or_else(|| path.and_then(by_path))
        .or_else(|| managers.first().copied())
}
